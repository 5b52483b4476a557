import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const ROOT = path.join(__dirname, '../..');
const TSC = path.join(ROOT, 'node_modules/typescript/bin/tsc');

/** The home in which npm keeps its cache and its logs. */
const HOME = mkdtempSync(path.join(tmpdir(), 'ledger-home-'));

export interface Done {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program with only PATH, an empty HOME, and the given environment. */
export function run(program: string, args: readonly string[], { cwd, env = {} }: RunOptions): Promise<Done> {
  const all = { PATH: process.env['PATH'], HOME, ...env };
  return new Promise((resolve) => {
    execFile(program, [...args], { cwd, env: all }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
    });
  });
}

/** @throws Error with the program's output. */
export async function mustRun(
  program: string,
  args: readonly string[],
  options: RunOptions,
): Promise<string> {
  const { code, stdout, stderr } = await run(program, args, options);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
  return stdout;
}

/** Packs the client as the README says. @returns the archive. */
export async function packClient(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'ledger-client-'));
  await mustRun('npm', ['pack', '--workspace', 'sdk', '--pack-destination', folder], { cwd: ROOT });
  const [archive] = await readdir(folder);
  return path.join(folder, archive as string);
}

/** Installs an archive into a project, without a registry: it has no dependencies. */
export async function installArchive(project: string, archive: string): Promise<void> {
  const quiet = ['--no-save', '--offline', '--no-audit', '--no-fund', '--omit=dev'];
  await mustRun('npm', ['install', ...quiet, archive], { cwd: project });
}

/** Makes an empty project that has only the packed client, and the types of Node. */
export async function newProject(archive: string, files: Readonly<Record<string, string>>): Promise<string> {
  const project = await mkdtemp(path.join(tmpdir(), 'ledger-project-'));
  await writeFile(path.join(project, 'package.json'), '{"name": "a-project", "private": true}\n');
  await installArchive(project, archive);
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(project, name), text);
  await linkNodeTypes(project);
  return project;
}

/** Links what `npm install` would install from `devDependencies`. */
export async function linkNodeTypes(project: string): Promise<void> {
  await mkdir(path.join(project, 'node_modules/@types'), { recursive: true });
  await symlink(
    path.join(ROOT, 'node_modules/@types/node'),
    path.join(project, 'node_modules/@types/node'),
    'dir',
  );
}

export function tsc(project: string, args: readonly string[]): Promise<Done> {
  return run(process.execPath, [TSC, ...args], { cwd: project });
}
