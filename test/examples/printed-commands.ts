import { spawn, spawnSync } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

export const ROOT = path.join(__dirname, '../..');

export type Shell = 'bash' | 'zsh';

/** Interactive shells, because comments, history expansion and globs mean other things there than in scripts. */
const INTERACTIVE: Readonly<Record<Shell, readonly string[]>> = {
  bash: ['--norc', '--noprofile', '-i', '-s'],
  zsh: ['-f', '-i', '-s', '-o', 'no_prompt_sp'],
};

/** Messages of bash about a missing terminal. */
const WITHOUT_A_TERMINAL =
  /cannot set terminal process group|no job control in this shell|tcsetattr: Inappropriate/;

/** A wrapper around curl that reports each answer's status, because the printed commands show only bodies. */
const CURL_WITH_STATUS = `#!/bin/sh
PATH=$REAL_PATH exec curl -w '%{stderr}STATUS %{http_code}\\n' "$@"
`;

export interface Block {
  readonly line: number;
  readonly text: string;
}

export interface PrintedRun {
  readonly stdout: string;
  /** The complaints of the shells and programs. */
  readonly complaints: readonly string[];
  /** The status of each answer that curl received, in order. */
  readonly statuses: readonly number[];
}

/** Returns those of `bash` and `zsh` that this machine has. */
export function listShells(): Shell[] {
  const all: Shell[] = ['bash', 'zsh'];
  return all.filter((shell) => spawnSync(shell, ['-c', 'true']).status === 0);
}

/** Reads the shell blocks of a page, or of one of its sections, without their indent. */
export async function readBlocks(
  page: string,
  { section, languages = ['bash', 'sh'] }: { section?: string; languages?: readonly string[] } = {},
): Promise<Block[]> {
  const text = await readFile(path.join(ROOT, page), 'utf8');
  const found = text.matchAll(/^( *)```(\w+)\n(.*?)^ *```$/gms);
  const blocks: Block[] = [];
  for (const [, indent = '', language = '', body = ''] of found) {
    if (!languages.includes(language)) continue;
    const at = text.indexOf(body);
    const heading = [...text.slice(0, at).matchAll(/^## (.*)$/gm)].at(-1)?.[1];
    if (section !== undefined && heading !== section) continue;
    const lines = body
      .split('\n')
      .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
    blocks.push({ line: text.slice(0, at).split('\n').length, text: lines.join('\n') });
  }
  return blocks;
}

/** Makes a folder of programs that precede the real ones, with a curl that reports each answer's status. */
export async function writePrograms(folder: string, programs: Readonly<Record<string, string>> = {}) {
  await mkdir(folder, { recursive: true });
  for (const [name, source] of Object.entries({ curl: CURL_WITH_STATUS, ...programs })) {
    await writeFile(path.join(folder, name), source);
    await chmod(path.join(folder, name), 0o755);
  }
}

/** Types the commands into a shell whose home is `folder`, with the programs of `folder`/bin first. */
export async function typeCommands(
  shell: Shell,
  commands: string,
  { folder, env = {} }: { folder: string; env?: Readonly<Record<string, string>> },
): Promise<PrintedRun> {
  const realPath = process.env['PATH'] ?? '';
  const child = spawn(shell, INTERACTIVE[shell], {
    cwd: folder,
    // Runs in its own session, because an interactive shell would take the terminal that the tests run in.
    detached: true,
    env: {
      HOME: folder,
      PS1: '',
      PS2: '',
      REAL_PATH: realPath,
      PATH: `${path.join(folder, 'bin')}:${realPath}`,
      ...env,
    },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  child.stdin.end(`${commands}\n`);
  await new Promise((resolve) => child.on('close', resolve));
  return { stdout, complaints: findComplaints(stderr), statuses: readStatuses(stderr) };
}

/** bash echoes its input, so only lines that start with a program's name count. */
function findComplaints(stderr: string): string[] {
  return stderr
    .split('\n')
    .filter((line) => /(^|\s)(bash|zsh|sh|curl|node|\S*\.sh): /.test(line) || /\b\w*Error: /.test(line))
    .filter((line) => !WITHOUT_A_TERMINAL.test(line));
}

function readStatuses(stderr: string): number[] {
  return [...stderr.matchAll(/STATUS (\d+)$/gm)].map((match) => Number(match[1]));
}
