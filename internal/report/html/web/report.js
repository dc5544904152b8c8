'use strict';
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const form = document.getElementById('filter');
  if (!form) return; // a failure has nothing to filter or sort
  const matrices = all('.metric');
  const rows = all('.filter ~ * table.suite tbody tr').map((element) => ({
    element,
    table: element.closest('table'),
    scenario: element.cells[0].textContent,
    outcome: element.querySelector('td.o')?.textContent.trim() ?? '',
  }));
  const panels = all('details.scenario').map((element) => ({
    element,
    scenario: element.querySelector('h4').textContent,
    outcome: element.dataset.outcome,
  }));

  // "sse/c10/10KB" is what every scenario is called.
  const parts = (scenario) => {
    const [mode, concurrency = '', body = ''] = scenario.split('/');
    return { mode, concurrency: concurrency.replace(/^c/, ''), body };
  };

  const choices = (name, values, first = 'all') => {
    const select = form.elements[name];
    if (first) select.append(new Option(first, ''));
    for (const [value, text] of values) select.append(new Option(text, value));
    select.parentElement.hidden = values.length < 2;
  };
  // The panels begin with the worst; modes, numbers and sizes have an order of their own.
  const size = (v) => parseFloat(v) * ({ KB: 1e3, MB: 1e6 }[v.replace(/^[\d.]+/, '')] ?? 1);
  const inOrder = (a, b) => (size(a) - size(b)) || a.localeCompare(b);
  const distinct = (values) => [...new Set(values)].filter(Boolean).sort(inOrder).map((v) => [v, v]);

  const filter = () => {
    const wanted = Object.fromEntries(['metric', 'mode', 'concurrency', 'body', 'outcome'].map((n) => [n, form.elements[n].value]));
    for (const m of matrices) m.hidden = wanted.metric !== '*' && m.dataset.metric !== wanted.metric;
    const fits = (of) => {
      const is = parts(of.scenario);
      return ['mode', 'concurrency', 'body'].every((n) => !wanted[n] || is[n] === wanted[n]) &&
        (!wanted.outcome || !of.outcome || of.outcome === wanted.outcome);
    };
    for (const of of [...rows, ...panels]) of.element.hidden = !fits(of);
    for (const table of new Set(rows.map((r) => r.table))) {
      table.parentElement.hidden = !table.querySelector('tbody tr:not([hidden])');
    }
    const shown = panels.filter((p) => !p.element.hidden).length;
    form.elements.count.value = `${shown} of ${panels.length} scenarios`;
  };

  const words = (m) => m.querySelector('h3').firstChild.textContent.trim();
  const worst = matrices.find((m) => m.querySelector('td.regression')) ?? matrices[0];
  choices('metric', [...matrices.map((m) => [m.dataset.metric, words(m)]), ...(matrices.length ? [['*', 'all']] : [])], '');
  for (const name of ['mode', 'concurrency', 'body']) choices(name, distinct(panels.map((p) => parts(p.scenario)[name])));
  choices('outcome', distinct([...panels, ...rows].map((of) => of.outcome)));
  if (worst) {
    for (const option of form.elements.metric.options) option.defaultSelected = option.value === worst.dataset.metric;
    form.elements.metric.value = worst.dataset.metric;
  }
  form.hidden = panels.length === 0;
  form.addEventListener('change', (event) => {
    const part = event.target.name === 'metric' && document.getElementById('metrics');
    if (part) part.open = true;
    filter();
  });
  form.addEventListener('reset', () => setTimeout(filter));
  form.addEventListener('submit', (event) => event.preventDefault());
  filter();

  // Sorting: numbers by size, what is missing last, scenarios in the order of
  // the suite, outcomes by gravity.
  const gravity = ['regression', 'inconclusive', 'improvement', 'pass', 'shown'];
  const key = (row, column, place) => {
    if (column === 0) return place.get(row);
    const cell = row.cells[column];
    if (!cell.classList.contains('t')) return parseFloat(cell.dataset.v ?? cell.textContent);
    const grave = gravity.indexOf(cell.textContent);
    return cell.classList.contains('o') && grave >= 0 ? grave : cell.textContent;
  };
  const compare = (a, b) => {
    if (Number.isNaN(a) || Number.isNaN(b)) return null;
    return typeof a === 'string' ? a.localeCompare(b) : a - b;
  };
  const sort = (table, place, column, descending) => {
    const sorted = [...table.tBodies[0].rows].sort((a, b) => {
      const x = key(a, column, place);
      const y = key(b, column, place);
      const order = compare(x, y);
      if (order === null) return Number.isNaN(x) - Number.isNaN(y) || place.get(a) - place.get(b);
      return (descending ? -order : order) || place.get(a) - place.get(b);
    });
    table.tBodies[0].append(...sorted);
    [...table.tHead.rows[0].cells].forEach((head, i) => {
      if (i === column) head.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    });
  };
  for (const table of all('table.suite')) {
    const place = new Map([...table.tBodies[0].rows].map((row, i) => [row, i]));
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      if (head.classList.contains('x')) return;
      const button = document.createElement('button');
      button.type = 'button';
      button.append(...head.childNodes);
      head.append(button);
      // Numbers begin with the largest, which is the worst.
      button.addEventListener('click', () => {
        const first = head.classList.contains('n') ? 'descending' : 'ascending';
        const was = head.getAttribute('aria-sort');
        sort(table, place, column, (was ? was === 'ascending' : first === 'descending'));
      });
    });
  }

  // What is linked to is opened, and whatever it is folded into.
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let e = target; e; e = e.parentElement) {
      e.hidden = false;
      if (e instanceof HTMLDetailsElement) e.open = true;
    }
    if (target) target.scrollIntoView();
  };
  addEventListener('hashchange', reveal);
  reveal();
  const nav = document.querySelector('nav');
  for (const open of [true, false]) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = open ? 'Open all' : 'Close all';
    button.addEventListener('click', () => {
      for (const d of all('details')) d.open = open;
    });
    nav.append(button, ' ');
  }
})();
