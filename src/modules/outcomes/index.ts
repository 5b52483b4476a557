/** Real-world outcomes of executions. They arrive late, and the first value counts. */
export { OutcomesHttpModule } from './outcomes.module.js';
