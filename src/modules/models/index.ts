export { ModelNotFoundError } from './errors.js';
export { ModelsHttpModule, ModelsModule } from './models.module.js';
export { type AllowedModel, ModelsService } from './models.service.js';
export { PriceReads } from './prices/price-reads.js';
export type { PriceRecord } from './prices/price-records.js';
export { PricesService } from './prices/prices.service.js';
