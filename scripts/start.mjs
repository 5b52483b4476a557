// `npm start`: from an empty clone to the running service. It installs and builds what is missing.
import { runEntry } from './lib/prepare.mjs';

await runEntry('main');
