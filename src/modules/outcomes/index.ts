/** Outcomes of executions in the world outside: they come late, and the first value counts. */
export { OutcomesHttpModule } from './outcomes.module.js';
