// Reads a JSON array of charts on stdin and has Mermaid parse each. Prints what
// is wrong with any, and then fails.
import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";

const { window } = new JSDOM("");
globalThis.window = window;
globalThis.document = window.document;
const { default: mermaid } = await import("mermaid");

const charts = JSON.parse(readFileSync(0, "utf8"));
let wrong = 0;
for (const [i, chart] of charts.entries()) {
  try {
    const { diagramType } = await mermaid.parse(chart);
    if (diagramType !== "xychart") throw new Error(`it is a ${diagramType}`);
  } catch (error) {
    wrong++;
    console.error(`chart ${i + 1}: ${error.message}\n${chart}`);
  }
}
console.log(`${charts.length - wrong} of ${charts.length} charts are read`);
process.exit(wrong > 0 ? 1 : 0);
