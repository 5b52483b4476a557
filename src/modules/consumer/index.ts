export { ConsumerModule } from './consumer.module.js';
export { ConsumerService } from './consumer.service.js';
