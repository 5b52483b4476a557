// `npm run worker`: the consumer as a process of its own.
import { runEntry } from './lib/prepare.mjs';

await runEntry('worker');
