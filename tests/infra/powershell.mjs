// Reads PowerShell with a grammar of its own and tells where a file is none. Usage: node powershell.mjs FILE…
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Language, Parser } from 'web-tree-sitter';

await Parser.init();
const parser = new Parser();
const grammar = createRequire(import.meta.url).resolve('tree-sitter-powershell/tree-sitter-powershell.wasm');
parser.setLanguage(await Language.load(grammar));

function wrong(node) {
  if (node.isError || node.isMissing) return [node];
  return node.hasError ? node.children.flatMap(wrong) : [];
}

for (const file of process.argv.slice(2)) {
  for (const node of wrong(parser.parse(readFileSync(file, 'utf8')).rootNode)) {
    console.log(`${file}:${node.startPosition.row + 1}:${node.startPosition.column + 1}: ${node.text.slice(0, 60)}`);
  }
}
