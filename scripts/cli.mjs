// `npm run migrate` and its like: the command line, built first if need be.
import { runEntry } from './lib/prepare.mjs';

await runEntry('cli');
