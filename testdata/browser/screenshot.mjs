// Takes a picture of what an HTML report shows first, and below it two charts
// of one scenario: the one that its tables begin with, else the first.
//
//   node screenshot.mjs CHROMIUM FILE PICTURE.png
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { open } from './browser.mjs';

const [chromium, file, picture] = process.argv.slice(2);
const browser = await open(chromium);
const page = await browser.newPage({ viewport: { width: 1100, height: 800 } });
await page.goto(pathToFileURL(resolve(file)).href);
await page.evaluate(() => {
  const link = document.querySelector('table.changes tbody a')?.getAttribute('href').slice(1);
  const panel = document.getElementById(link) ?? document.querySelector('details.scenario');
  panel.open = true;
  const shown = ['header', 'nav', '#verdict h2', '#verdict dl', '.maps', '#scenarios h2'].map((s) => document.querySelector(s));
  shown.push(panel.querySelector('summary'), ...[...panel.querySelectorAll('figure')].slice(0, 2));
  const kept = new Set();
  for (let e of shown) for (; e; e = e.parentElement) kept.add(e);
  for (const e of document.body.querySelectorAll('*')) {
    if (!kept.has(e) && !shown.some((s) => s.contains(e))) e.hidden = true;
  }
});
await page.screenshot({ path: picture, fullPage: true });
await browser.close();
