// How the browser is started: without a sandbox, which containers do not have
// room for, and without its own traffic. Each start has a fresh profile.
import { chromium } from 'playwright-core';

export const open = (executablePath) => chromium.launch({
  executablePath,
  headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-dev-shm-usage'],
});
