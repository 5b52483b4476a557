/** What became of executions outside: late, and the first value counts. */
export { OutcomesHttpModule } from './outcomes.module.js';
