import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROLES } from '../../../src/entities/index.js';
import { scopesForRole } from '../../../src/modules/auth/index.js';
import { type LeastRole, OVER_TEAM, ROUTE_MATRIX } from '../../support/route-matrix.js';
import { previewApi, routesOf } from './api.js';
import { read, ROOT } from '../tree.js';

const DOC = 'docs/governance.md';
const BEGIN = '<!-- The table of routes: written from test/support/route-matrix.ts. -->';
const END = '<!-- The end of the table of routes. -->';
const MEANING: Readonly<Record<LeastRole, string>> = {
  anyone: 'anyone, without a key',
  'any key': 'any key',
  viewer: '`viewer`',
  runner: '`runner`',
  editor: '`editor`',
  approver: '`approver`',
  admin: '`admin`',
  instance: 'the instance (`API_KEY`)',
};

/** From the least to the most, in the order of the file within each. */
function formatTable(): string {
  const rows = (Object.keys(MEANING) as LeastRole[]).flatMap((least) => {
    const routes = Object.entries(ROUTE_MATRIX).flatMap(([route, role]) => (role === least ? [route] : []));
    return routes.length === 0 ? [] : [`| ${MEANING[least]} | ${routes.map(cellOf).join('<br>')} |`];
  });
  return ['| at least | may call |', '| --- | --- |', ...rows].join('\n');
}

function cellOf(route: string): string {
  return `\`${route}\`${OVER_TEAM.has(route) ? ' ¹' : ''}`;
}

it('knows where a role over the prompts of a team will do', async () => {
  const declared = routesOf(await previewApi()).filter(
    ({ access }) => access?.kind === 'key' && access.orOverTeam === true,
  );
  expect(declared.map(({ at }) => at).sort()).toEqual([...OVER_TEAM].sort());
});

it('has a line for every route of the service', async () => {
  const routes = routesOf(await previewApi());
  expect(Object.keys(ROUTE_MATRIX)).toHaveLength(routes.length);
});

it(`is the table that ${DOC} shows (UPDATE_DOCS=on writes it)`, () => {
  const [before = '', rest = ''] = read(DOC).split(BEGIN);
  const [shown = '', after = ''] = rest.split(END);
  if (process.env['UPDATE_DOCS'] === 'on') {
    const text = `${before}${BEGIN}\n\n${formatTable()}\n\n${END}${after}`;
    writeFileSync(path.join(ROOT, DOC), text);
    return;
  }
  expect(shown.trim()).toBe(formatTable());
});

it('goes by roles of which docs/governance.md lists the scopes', () => {
  const doc = read(DOC);
  let before: readonly string[] = [];
  for (const role of ROLES.slice(0, -1)) {
    const line = doc.split('\n').find((each) => each.startsWith(`| \`${role}\` | `)) ?? '';
    const scopes = [...scopesForRole(role)].filter((scope) => !before.includes(scope));
    for (const scope of scopes) expect(line).toContain(`\`${scope}\``);
    before = [...scopesForRole(role)];
  }
});
