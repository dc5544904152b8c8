// Opens HTML reports in a real browser and prints what it finds there, as JSON;
// what it has to find is for the caller to know.
//
//   node check.mjs CHROMIUM FILE...
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { open } from './browser.mjs';

const [chromium, ...files] = process.argv.slice(2);
const axe = readFileSync(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const browser = await open(chromium);

const report = {};
for (const file of files) report[basename(file)] = await inspect(file);
await browser.close();
process.stdout.write(JSON.stringify(report));

async function inspect(file) {
  const seen = { trouble: [], axe: {}, background: {} };
  for (const scheme of ['light', 'dark']) {
    const page = await visit(file, { colorScheme: scheme, viewport: { width: 1280, height: 900 } }, seen);
    seen.background[scheme] = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.evaluate(axe);
    seen.axe[scheme] = await page.evaluate(async (rules) => {
      for (const d of document.querySelectorAll('details')) d.open = true;
      const { violations } = await axe.run(document, { resultTypes: ['violations'], ...rules });
      return violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(' | ')}`);
    }, scheme === 'light' ? {} : { runOnly: ['color-contrast'] }); // the rest does not depend on colours
    await page.context().close();
  }
  seen.wide = await layout(file, 1400, seen);
  seen.narrow = await layout(file, 390, seen);

  const page = await visit(file, { viewport: { width: 1280, height: 900 } }, seen);
  seen.printed = await printed(page);
  await page.emulateMedia({ media: 'screen', colorScheme: 'light' });
  seen.title = await page.title();
  seen.heading = await page.textContent('h1');
  seen.figures = await page.evaluate(figures);
  seen.keyboard = await keyboard(page);
  seen.opened = await opened(page);
  await page.evaluate(() => { for (const d of document.querySelectorAll('details')) d.open = true; });
  seen.filtered = await filtered(page);
  seen.sorted = await sorted(page);
  await page.context().close();

  const plain = await visit(file, { javaScriptEnabled: false }, seen);
  seen.unscripted = {
    matrices: await plain.locator('section.metric:not([hidden])').count(),
    buttons: await plain.locator('button:visible, select:visible').count(),
  };
  await plain.context().close();
  return seen;
}

// visit notes everything that must not happen.
async function visit(file, options, seen) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const address = pathToFileURL(resolve(file)).href;
  page.on('console', (m) => seen.trouble.push(`console ${m.type()}: ${m.text()}`));
  page.on('pageerror', (e) => seen.trouble.push(`error: ${e.message}`));
  page.on('dialog', (d) => { seen.trouble.push(`dialog: ${d.message()}`); d.dismiss(); });
  page.on('request', (r) => { if (r.url() !== address && r.url() !== 'data:,') seen.trouble.push(`request: ${r.url()}`); });
  await page.goto(address, { waitUntil: 'load' });
  return page;
}

// layout is what a page that was just opened shows at a width.
async function layout(file, width, seen) {
  const page = await visit(file, { viewport: { width, height: 900 } }, seen);
  const found = await page.evaluate(() => {
    const visible = (selector) => [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility());
    const root = document.documentElement;
    return {
      height: root.scrollHeight,
      overflow: root.scrollWidth - root.clientWidth,
      // What can only be seen by scrolling to the side.
      aside: visible('.wide').filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.getAttribute('aria-label')),
      banner: document.querySelector('.lead').innerText,
      bannerEnds: document.querySelector('.lead').getBoundingClientRect().bottom,
      scenarios: visible('details.scenario[open]').length,
      unlabelled: visible('figure').filter((f) => !f.querySelector('.legend')).map((f) => f.querySelector('b').textContent),
    };
  });
  await page.context().close();
  return found;
}

// figures counts the marks of each chart: the subpaths of what is data.
function figures() {
  return [...document.querySelectorAll('figure')].map((f) => {
    const marks = {};
    for (const path of f.querySelectorAll('path.m')) {
      const name = path.getAttribute('class');
      marks[name] = (marks[name] ?? 0) + (path.getAttribute('d').match(/m/gi)?.length ?? 0);
    }
    return {
      kind: f.className,
      part: f.closest('main > *').id,
      scenario: f.closest('details.scenario')?.querySelector('h4').textContent ?? '',
      title: f.querySelector('figcaption b').textContent,
      label: f.querySelector('svg').getAttribute('aria-label'),
      marks,
    };
  });
}

// keyboard: the first stop is the link to the verdict, and it shows that it is.
async function keyboard(page) {
  await page.keyboard.press('Tab');
  const first = await page.evaluate(() => {
    const style = getComputedStyle(document.activeElement);
    const box = document.activeElement.getBoundingClientRect();
    return { text: document.activeElement.textContent, outline: style.outlineStyle, inside: box.left >= 0 && box.top >= 0 };
  });
  await page.keyboard.press('Enter');
  // The browser follows the link some time after it has taken the key.
  await page.waitForURL((url) => url.hash !== '', { timeout: 5000 }).catch(() => {});
  return { ...first, hash: new URL(page.url()).hash };
}

// filtered asks by keyboard alone for one mode, and then for everything again.
async function filtered(page) {
  if (await page.locator('#filter').isHidden()) return null;
  const count = () => page.evaluate(() => {
    const names = (selector, name) => [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility()).map(name);
    return {
      panels: names('details.scenario', (e) => e.querySelector('h4').textContent),
      rows: names('.filter ~ section table.suite tbody tr', (e) => e.cells[0].textContent),
      metrics: names('section.metric', (e) => e.dataset.metric),
      said: document.querySelector('#filter output').textContent,
    };
  });
  const before = await count();
  const mode = page.locator('select[name=mode]');
  const hidden = await mode.isHidden();
  if (!hidden) {
    await mode.focus();
    await page.keyboard.press('ArrowDown');
  }
  const chosen = await mode.inputValue();
  const after = await count();
  await page.locator('#filter button').focus();
  await page.keyboard.press('Enter');
  await page.waitForTimeout(50);
  const again = await count();
  const metric = page.locator('select[name=metric]');
  if (await metric.isVisible()) await metric.selectOption('*');
  const all = await count();
  if (await metric.isVisible()) {
    await page.locator('#filter button').focus();
    await page.keyboard.press('Space');
    await page.waitForTimeout(50);
  }
  return { chosen, before, after, again, all };
}

// sorted presses each button of the first matrix twice.
async function sorted(page) {
  const table = page.locator('section.metric table.suite:visible').first();
  if (await table.count() === 0) return null;
  const columns = {};
  for (const button of await table.locator('thead button').all()) {
    const states = [];
    for (let i = 0; i < 2; i++) {
      await button.focus();
      await page.keyboard.press('Enter');
      states.push(await button.evaluate((b) => {
        const head = b.closest('th');
        const rows = [...b.closest('table').tBodies[0].rows];
        return { sort: head.getAttribute('aria-sort'), values: rows.map((r) => r.cells[head.cellIndex].textContent), others: b.closest('tr').querySelectorAll('[aria-sort]').length - 1 };
      }));
    }
    columns[await button.evaluate((b) => b.firstChild.textContent.trim())] = states;
  }
  return columns;
}

// opened follows a link to a scenario and closes it again.
async function opened(page) {
  const closed = page.locator('details.scenario:not([open])').first();
  if (await closed.count() === 0) return null;
  const id = await closed.getAttribute('id');
  const link = page.locator(`a[href="#${id}"]`).filter({ visible: true }).first();
  if (await link.count() === 0) return null;
  await link.focus();
  await page.keyboard.press('Enter');
  await page.waitForTimeout(50);
  const panel = page.locator(`details[id="${id}"]`);
  const isOpen = await panel.evaluate((e) => e.open);
  await panel.locator('> summary').focus();
  await page.keyboard.press('Enter');
  return { isOpen, isClosed: await panel.evaluate((e) => !e.open) };
}

// printed is what is left on paper.
async function printed(page) {
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  const state = await page.evaluate(() => ({
    background: getComputedStyle(document.body).backgroundColor,
    controls: [...document.querySelectorAll('nav, form, button:not(th button), .skip')].filter((e) => e.checkVisibility()).length,
    heading: document.querySelector('h1').checkVisibility(),
    text: [...document.querySelectorAll('h1, .lead p, #causes dd, #caveats li, #conditions dd, .lead li')].filter((e) => e.checkVisibility()).map((e) => e.textContent),
  }));
  const pdf = await page.pdf({ preferCSSPageSize: true });
  return { ...state, pages: (pdf.toString('latin1').match(/\/Type\s*\/Page\b/g) ?? []).length };
}
