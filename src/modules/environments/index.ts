export { EnvironmentsHttpModule, EnvironmentsModule } from './environments.module.js';
