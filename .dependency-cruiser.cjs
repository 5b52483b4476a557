/**
 * The import law: imports point downwards, and a module is entered through its index.ts only. Types count too.
 *
 *     main, worker, cli with their bootstrap and commands
 *     tracking, openai-api, consumer → executions → prompts → versions → templating
 *     environments → prompts
 *                executions → budgets, limits, models, providers
 *     all of these → auth → audit, projects
 *     modules → infra → entities → kernel
 *     providers, executions → answers
 */
const BASE = ['infra', 'entities', 'kernel'];
const COMMON = ['modules/auth', 'modules/audit', 'modules/projects', ...BASE];
const CONTENT = [...COMMON, 'modules/versions', 'templating', 'json-schema'];

/**
 * A room below `src`, and what it may import beside itself: other rooms, and npm packages (any of them and Node's own
 * modules where `packages` is absent). A room that does not stand here may not exist.
 */
const ROOMS = {
  kernel: { rooms: [], packages: [] },
  templating: { rooms: ['kernel'], packages: ['@noble/hashes', 'canonicalize', 'liquidjs'] },
  // Schemas of people who are not trusted: bounded, and without generated code.
  'json-schema': { rooms: ['kernel'], packages: ['ajv-formats', 'lru-cache', 're2js'] },
  // The SDK reads answers by it too, so it is plain and small.
  answers: { rooms: [], packages: [] },
  // Who belongs to which arm of a split: requests ask for it, and so does whoever counts.
  bucketing: { rooms: [] },
  // Figures from figures: whoever compares may use it.
  statistics: { rooms: [], packages: [] },
  entities: { rooms: ['kernel'], packages: ['typeorm'] },
  infra: { rooms: ['entities', 'kernel'] },
  'modules/projects': { rooms: BASE },
  'modules/audit': { rooms: ['modules/projects', ...BASE] },
  'modules/auth': { rooms: ['modules/audit', 'modules/projects', ...BASE] },
  // Apart from audit, to which auth writes: reading asks auth who may.
  'modules/audit-log': { rooms: COMMON },
  'modules/health': { rooms: [...COMMON, 'modules/providers'] },
  // People sign in with an identity provider; their sessions are read by the guard of auth.
  'modules/sign-in': { rooms: COMMON },
  // Static files, nothing more.
  'modules/dashboard': { rooms: [] },
  'modules/limits': { rooms: COMMON },
  'modules/members': { rooms: COMMON },
  // Makes projects, with what they begin with.
  'modules/tenants': { rooms: [...COMMON, 'modules/models'] },
  'modules/models': { rooms: COMMON },
  'modules/analytics': { rooms: COMMON },
  'modules/budgets': { rooms: COMMON },
  // Adapters know HTTP to their vendor and nothing of ours.
  'modules/providers': { rooms: ['answers', 'kernel'] },
  'modules/versions': { rooms: [...COMMON, 'templating', 'json-schema'] },
  // Providers with the keys of projects.
  'modules/secrets': { rooms: [...COMMON, 'modules/providers'] },
  'modules/snippets': { rooms: CONTENT },
  'modules/prompts': { rooms: [...CONTENT, 'modules/snippets', 'bucketing'] },
  'modules/changes': {
    rooms: [...CONTENT, 'modules/prompts', 'modules/analytics', 'modules/experiments', 'modules/rollouts'],
  },
  // They are moved here; what they mean for a run is known where versions are resolved, in prompts.
  'modules/environments': { rooms: [...CONTENT, 'modules/prompts'] },
  'modules/executions': {
    rooms: [
      ...CONTENT,
      'modules/prompts',
      'modules/limits',
      'modules/models',
      'modules/budgets',
      'modules/providers',
      'modules/secrets',
      'answers',
      'bucketing',
    ],
  },
  // Above executions, of which items are made; whoever evaluates prompts reads what it has.
  'modules/datasets': { rooms: [...COMMON, 'templating', 'json-schema', 'modules/executions'] },
  // They run on executions, and know what those are asked for and how their answers are scored.
  'modules/experiments': {
    rooms: [
      ...CONTENT,
      'modules/datasets',
      'modules/scorers',
      'modules/executions',
      'modules/prompts',
      'modules/budgets',
      'statistics',
    ],
  },
  // An API of its own: it says what is to be done with executions and prompts, and they do it.
  'modules/tracking': {
    rooms: [
      ...CONTENT,
      'modules/executions',
      'modules/prompts',
      'modules/limits',
      'modules/models',
      'modules/analytics',
    ],
  },
  'modules/openai-api': {
    rooms: [
      ...CONTENT,
      'bucketing',
      'modules/executions',
      'modules/prompts',
      'modules/limits',
      'modules/models',
      'modules/providers',
      'modules/secrets',
    ],
  },
  // A judge's verdict is an execution.
  'modules/scorers': {
    rooms: [...CONTENT, 'modules/executions', 'modules/prompts', 'modules/models'],
  },
  // What became of executions outside.
  'modules/outcomes': { rooms: [...COMMON, 'modules/executions'] },
  // Who gets which version, and what a look at both decides. Requests ask prompts, which know what is rolled out.
  'modules/rollouts': { rooms: [...COMMON, 'modules/prompts', 'statistics', 'bucketing'] },
  // What to change about a version, from its content and from what is known of its executions.
  'modules/suggestions': {
    rooms: [...CONTENT, 'modules/prompts', 'modules/experiments', 'statistics'],
  },
  // They read the outbox, and nobody imports them.
  'modules/webhooks': { rooms: [...COMMON, 'modules/executions', 'modules/budgets'] },
  'modules/consumer': { rooms: [...COMMON, 'modules/executions'] },
};

const TEST_FILE = '[.](spec|testkit)[.]ts$';
const INDEX = '/index[.]ts$';

const anyOf = (names) => `(${names.join('|')})`;
const packages = (...names) => `(^|/)node_modules/${anyOf(names)}/`;
/** Tests beside the sources may use the fakes of test/ and development packages; all else is held to the law. */
const production = (path, ...exceptions) => ({ path, pathNot: [TEST_FILE, ...exceptions] });

function forbid(name, comment, from, to) {
  return { name, comment, severity: 'error', from, to };
}

function roomRule([room, allowed]) {
  const mayImportAll = allowed.packages === undefined;
  const named = mayImportAll ? ['(^|/)node_modules/'] : allowed.packages.map((name) => packages(name));
  // Who of infra may import the migrations is a rule of its own.
  const migrations = room === 'infra' ? ['^migrations/'] : [];
  return forbid(
    `${room}-imports-what-is-below`,
    `${room} may import ${[...allowed.rooms, ...(allowed.packages ?? [])].join(', ') || 'nothing'}.`,
    production(`^src/${room}/`),
    {
      pathNot: [`^src/${anyOf([room, ...allowed.rooms])}/`, ...migrations, ...named],
      ...(mayImportAll ? { dependencyTypesNot: ['core'] } : {}),
    },
  );
}

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...Object.entries(ROOMS).map(roomRule),
    forbid(
      'rooms-are-in-the-table',
      'A new room gets its line in ROOMS, which says what it may import.',
      { path: '^src/.+/', pathNot: `^src/${anyOf([...Object.keys(ROOMS), 'bootstrap', 'commands'])}/` },
      {},
    ),
    forbid(
      'modules-only-through-their-index',
      'What a module does not export from its index.ts is its own business.',
      { path: '^src/modules/([^/]+)/' },
      { path: '^src/modules/', pathNot: ['^src/modules/$1/', INDEX] },
    ),
    forbid(
      'roots-import-modules-through-their-index',
      'What a module does not export from its index.ts is its own business.',
      { path: '^src/', pathNot: '^src/modules/' },
      { path: '^src/modules/', pathNot: INDEX },
    ),
    forbid(
      'infra-only-through-its-indexes',
      'What a room of infra does not export from its index.ts is its own business.',
      { path: '^src/', pathNot: '^src/infra/' },
      { path: '^src/infra/[^/]+/', pathNot: INDEX },
    ),
    forbid(
      'migrations-import-nothing-of-src',
      'A migration says what was true when it was written; sources change under it.',
      { path: '^migrations/' },
      { pathNot: ['^migrations/', packages('typeorm')] },
    ),
    forbid(
      'only-the-database-imports-migrations',
      'They are the steps of one room.',
      { path: '^(src|ormconfig)', pathNot: '^src/infra/database/' },
      { path: '^migrations/' },
    ),
    forbid(
      'production-never-imports-tests',
      'Tests import sources, never the other way.',
      production('^(src|migrations)/|^ormconfig'),
      { path: ['^(test|bench|examples|scripts)/', TEST_FILE] },
    ),
    forbid(
      'production-imports-production-packages',
      'An installation without development packages must run; types are gone by then.',
      production('^(src|migrations)/|^ormconfig'),
      {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'undetermined'],
        dependencyTypesNot: ['type-only'],
      },
    ),
    forbid(
      'databases-only-in-repositories',
      'SQL and TypeORM live in *.repository.ts; elsewhere a transaction is a type that is passed on.',
      production('^src/modules/', '[.]repository[.]ts$'),
      { path: packages('bull', 'pg', 'redis', 'typeorm'), dependencyTypesNot: ['type-only'] },
    ),
    forbid(
      'vendors-only-in-adapters',
      'Each adapter is all that knows its vendor.',
      { path: '^src/', pathNot: '^src/modules/providers/adapters/' },
      { path: packages('openai', '@anthropic-ai/sdk', '@google/genai') },
    ),
    forbid(
      'http-clients-only-where-calls-go-out',
      'To a vendor, or through the guarded agent: another client would go wherever a request tells it to. A type goes nowhere.',
      production('^src/', '^src/modules/providers/adapters/', '^src/infra/outbound/'),
      { path: packages('undici'), dependencyTypesNot: ['type-only'] },
    ),
    forbid(
      'no-cycles',
      'Of two that want each other, the lower one exports a narrow read model.',
      { path: '^(src|migrations)/' },
      { circular: true },
    ),
    forbid('imports-resolve', 'A file or a package that is not there.', {}, { couldNotResolve: true }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // An import of a type counts: without it half of the law would be a matter of taste.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'types'],
    },
  },
};
