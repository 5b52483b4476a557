import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MODEL_CATALOGUE } from '../../src/modules/models/model-catalogue.js';
import { listShells, readBlocks, ROOT, typeCommands, writePrograms, type Shell } from './printed-commands.js';

const PAGES = execFileSync('git', ['ls-files', '*.md'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');

/** Programs that the pages name. Each records its arguments, and answers with a word. */
const STAND_INS = [
  'curl',
  'docker',
  'git',
  'node',
  'npm',
  'npx',
  'openssl',
  'pg_dump',
  'pg_restore',
  'prompt-ledger',
  'psql',
  'python3',
  'sleep',
  'tar',
];
const STAND_IN = `#!/bin/sh
call="\${0##*/}"; for word in "$@"; do call="$call <$word>"; done
# In one write, because both ends of a pipe write at the same time.
printf '%s\\0' "$call" >> "$CALLS"
echo answer
`;

/** Files that a page's commands expect where they run. */
const FILES = {
  'repository/.prompt-ledger/postgres-password': 'secret',
  'repository/.prompt-ledger/key-hash-secret': 'secret',
  'repository/.prompt-ledger/secrets-key': 'secret',
  'repository/.prompt-ledger/postgres/postmaster.pid': '1\n2\n3\n5432\n',
  'repository/model_prices_and_context_window.json': '{}',
  'repository/examples/summarize.sh': '',
  'repository/examples/full-mode-app/app.mjs': '',
  'repository/examples/tracking-app/app.mjs': '',
  'profiles/run-64-1.cpuprofile': '',
};

/** Types a page's blocks one after the other, and returns which programs were called with what. */
async function callsOfPage(page: string, shell: Shell) {
  const folder = await mkdtemp(path.join(tmpdir(), 'ledger-blocks-'));
  try {
    for (const [file, content] of Object.entries(FILES)) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), content);
    }
    await writePrograms(
      path.join(folder, 'bin'),
      Object.fromEntries([...STAND_INS, 'summarize.sh'].map((name) => [name, STAND_IN])),
    );
    const start = `cd repository; examples() { :; }`;
    const blocks = (await readBlocks(page)).map(({ text }) =>
      text
        .replaceAll('/tmp/profiles', `${folder}/profiles`)
        .replaceAll('examples/summarize.sh', 'summarize.sh')
        // The next block is pasted into a terminal whose folder is the repository again.
        .concat(`\ncd ${folder}/repository`),
    );
    const calls = path.join(folder, 'calls');
    const { complaints } = await typeCommands(shell, [start, ...blocks].join('\n'), {
      folder,
      env: { CALLS: calls },
    });
    // Sorted, because the two ends of a pipe start at the same time.
    const called = (await readFile(calls, 'utf8')).replaceAll(folder, '').split('\0').sort();
    return { complaints, called };
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('the printed commands', () => {
  const shells = listShells();

  it.each(PAGES)('of %s do the same in every shell', async (page) => {
    if ((await readBlocks(page)).length === 0) return;

    const runs = await Promise.all(shells.map((shell) => callsOfPage(page, shell)));

    for (const run of runs) expect(run).toEqual({ complaints: [], called: runs[0]?.called });
    expect(runs[0]?.called.length).toBeGreaterThan(1);
  });

  // An interactive zsh reads `#` as a word, and the comment as arguments.
  it('have no comments', async () => {
    const commented: string[] = [];
    for (const page of PAGES) {
      for (const { line, text } of await readBlocks(page)) {
        const bare = text.replace(/'[^']*'|"(?:[^"\\]|\\.)*"/g, 'x');
        if (/(^|\s)#/m.test(bare)) commented.push(`${page}:${line}`);
      }
    }
    expect(commented).toEqual([]);
  });

  // zsh expands `$name:c` and `$name[1]` as modifiers and subscripts, even in quotes.
  it('put a variable in braces where a colon or a bracket follows', async () => {
    const bare: string[] = [];
    for (const page of PAGES) {
      for (const { line, text } of await readBlocks(page)) {
        if (/\$\w+[:[]/.test(text.replace(/'[^']*'/g, 'x'))) bare.push(`${page}:${line}`);
      }
    }
    expect(bare).toEqual([]);
  });

  // A shell reads `<key_id>` in a command as a redirection from a file.
  it('have no placeholders that a shell reads as a redirection', async () => {
    const found: string[] = [];
    for (const page of PAGES) {
      for (const { line, text } of await readBlocks(page)) {
        if (/<\w+>/.test(text.replace(/'[^']*'/g, 'x'))) found.push(`${page}:${line}`);
      }
    }
    expect(found).toEqual([]);
  });
});

describe('the models of the echo that the pages name', () => {
  const LISTED = new Set(MODEL_CATALOGUE.map(({ provider, modelName }) => `${provider}/${modelName}`));
  /** A page that allows a model itself may name any. */
  const allows = (text: string, model: string) => text.includes(`/v1/models/echo/${model}`);

  it('are on the list of a fresh start', async () => {
    const missing: string[] = [];
    for (const page of ['README.md', ...PAGES.filter((name) => name.startsWith('docs/'))]) {
      const text = await readFile(path.join(ROOT, page), 'utf8');
      for (const [model] of text.matchAll(/\becho-(?:slow|stream|fail|long)-\d+\w*/g)) {
        if (!LISTED.has(`echo/${model}`) && !allows(text, model)) missing.push(`${page}: ${model}`);
      }
    }
    expect(missing).toEqual([]);
  });
});
