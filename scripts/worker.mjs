// `npm run worker`: runs the consumer in its own process.
import { runEntry } from './lib/prepare.mjs';

await runEntry('worker');
