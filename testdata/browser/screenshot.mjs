// Takes pictures of what documents show first. The jobs are on the standard input, as
// JSON: [{File, Picture, Scheme, Width, Height}].
//
//   node screenshot.mjs CHROMIUM < JOBS
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { open } from './browser.mjs';

const browser = await open(process.argv[2]);
for (const job of JSON.parse(readFileSync(0, 'utf8'))) {
  const context = await browser.newContext({ viewport: { width: job.Width, height: 300 }, colorScheme: job.Scheme });
  const page = await context.newPage();
  await page.goto(pathToFileURL(resolve(job.File)).href);
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.screenshot({ path: job.Picture, fullPage: true, clip: { x: 0, y: 0, width: job.Width, height: Math.min(height, job.Height) } });
  await context.close();
}
await browser.close();
