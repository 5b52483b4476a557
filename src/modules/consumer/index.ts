export { ConsumerModule } from './consumer.module.js';
