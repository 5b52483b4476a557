// `npm run migrate` and similar scripts: the command line, built first if needed.
import { runEntry } from './lib/prepare.mjs';

await runEntry('cli');
