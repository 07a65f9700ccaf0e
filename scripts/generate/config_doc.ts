// The schema table -> docs/config.md: the grammar, then one table for each block.

import type { Children, Entry, Leaf } from '../../src/config/table.js';

const intro = `# Configuration

Made from the schema table (\`src/config/schema/\`) by \`npm run generate\`; do not edit.

\`weir -c FILE\` reads the file, \`weir -t -c FILE\` only checks it. [conf/full.conf](../conf/full.conf) has every directive
with its default.

## Grammar

A file is a list of directives: a name and its arguments, closed by \`;\` or by a block in braces.

- White space separates; \`#\` starts a comment where a word could start, and only there.
- \`"..."\` and \`'...'\` keep white space, \`;\` and braces together. There are no escapes; an empty pair means the default.
- A bare word ends at white space, \`;\` or \`{\`; anything else, \`}\` too, belongs to it.
- Flags are \`on\` or \`off\`. Numbers are strict. Sizes take \`k\`, \`m\` or \`g\`; durations take \`ms\`, \`s\`, \`m\` or \`h\`, and count
  without a unit in the one that the table names (that is SRS's).
- A directive stands once in its block. Only \`vhost\`, \`engine\`, \`ingest\`, \`transcode\` and those marked "repeats" may stand again.

Everything that is wrong in a file is reported at once, as \`file:line:column: what; expected ...; did you mean ...\`.
A file of SRS 0.9 or 1.0 loads as it is; a feature that is asked for and not built yet gives one warning.

**What a file without vhosts means:** one vhost \`__defaultVhost__\` with all defaults, so that \`listen 1935;\` is a server.
A file that names vhosts has exactly those, as in SRS: without \`__defaultVhost__\` among them, unknown names are refused.
A vhost that is off refuses its clients; they do not fall to \`__defaultVhost__\`.

**Where weir's defaults differ from SRS's:** \`daemon\` is off, the log goes to the console, \`http_api\` listens on this machine
only (on another address the server starts only with \`auth\` or \`token\`), and players are told when a stream has ended (\`republish_wait\`, \`republish_end\`).
`;

export function configDoc(schema: Children): string {
  return intro + section('The top of the file', schema, []);
}

function section(title: string, schema: Children, path: readonly string[]): string {
  const rows = Object.entries(schema).map(([name, entry]) => row(name, entry));
  const below = Object.entries(schema).flatMap(([name, entry]) =>
    'children' in entry ? [section(`\`${[...path, name].join(' ')}\``, entry.children, [...path, name])] : [],
  );
  const table = [
    '| directive | arguments | default | since | reload | what it does |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
  return `\n## ${title}\n\n${table}\n${below.join('')}`;
}

function row(name: string, entry: Entry): string {
  const aliases = entry.aliases?.map((alias) => ` (or \`${alias}\`)`).join('') ?? '';
  const waits = entry.needs === undefined ? '' : ` *Not built yet: ${entry.needs}.*`;
  const cells = [
    `\`${name}\`${aliases}`,
    ...(entry.kind === 'leaf' ? leafCells(entry) : [blockArguments(entry), '', entry.since, '']),
    `${entry.doc}${waits}`,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function leafCells(leaf: Leaf<unknown>): string[] {
  const many = leaf.arity === 'one' ? '' : ' ...';
  const repeats = leaf.repeats ? ', repeats' : '';
  const reload = leaf.reload === 'live' ? 'live' : leaf.reload;
  const initially = leaf.default === undefined ? '' : `\`${leaf.default}\``;
  return [`${leaf.type.usage}${many}${repeats}`, initially, leaf.since, reload];
}

function blockArguments(entry: Exclude<Entry, { kind: 'leaf' }>): string {
  if (entry.kind === 'free') return '{ option value; ... }';
  if (entry.kind === 'block') return '{ ... }';
  const label = entry.label.required ? entry.label.usage : `[${entry.label.usage.replace(/^\[|\]$/g, '')}]`;
  return `${label} { ... }, repeats`;
}
