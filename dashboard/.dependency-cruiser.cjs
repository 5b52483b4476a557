/**
 * The import law of the dashboard: app → features → ui → background → api → the client. Features do not import each other, and the app
 * enters one through its index or a screen of it.
 */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    forbid(
      'features-do-not-import-each-other',
      'What two of them want belongs in ui or api.',
      { path: '^dashboard/src/features/([^/]+)/' },
      { path: '^dashboard/src/features/', pathNot: '^dashboard/src/features/$1/' },
    ),
    forbid(
      'features-do-not-import-the-app',
      'The app puts them together.',
      { path: '^dashboard/src/(features|ui|background|api)/' },
      { path: '^dashboard/src/app/' },
    ),
    forbid(
      'primitives-know-no-feature',
      'They are for all of them.',
      { path: '^dashboard/src/(ui|background|api)/' },
      { path: '^dashboard/src/features/' },
    ),
    forbid(
      'features-through-their-screens',
      'What else a feature has is its own business.',
      { path: '^dashboard/src/app/' },
      { path: '^dashboard/src/features/[^/]+/', pathNot: '/(index[.]ts|[a-z-]+-screen[.]tsx)$' },
    ),
    forbid(
      'only-the-client-and-plain-code',
      'The dashboard talks to the REST API; of the service it shares what the client shares, and only in api.',
      { path: '^dashboard/src/', pathNot: '^dashboard/src/api/' },
      // Where the client was built, its types are those of the build.
      { path: '^(src|sdk)/', pathNot: '^sdk/(src/index[.]ts|dist/index[.]d[.]mts)$' },
    ),
    forbid(
      'api-shares-plain-code-only',
      'Templating and JSON, as in the client.',
      { path: '^dashboard/src/api/' },
      { path: '^src/', pathNot: '^src/(kernel|templating|answers)/' },
    ),
    forbid(
      'no-cycles',
      'Of two that want each other, the lower one is missing.',
      { path: '^dashboard/src/' },
      { circular: true },
    ),
    forbid(
      'imports-resolve',
      'A file or a package that is not there.',
      { path: '^dashboard/' },
      { couldNotResolve: true, pathNot: '^@prompt-ledger/client$' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: `${__dirname}/tsconfig.json` },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'browser', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.css', '.svg'],
    },
  },
};
