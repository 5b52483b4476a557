import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { ModelsController } from './models.controller.js';
import { ModelsRepository } from './models.repository.js';
import { ModelsService } from './models.service.js';
import { PriceImportService } from './prices/imports/price-import.service.js';
import { PriceReads } from './prices/price-reads.js';
import { PricesController } from './prices/prices.controller.js';
import { PricesRepository } from './prices/prices.repository.js';
import { PricesService } from './prices/prices.service.js';
import { RoutesController } from './routes/routes.controller.js';
import { RoutesRepository } from './routes.repository.js';
import { RoutesService } from './routes/routes.service.js';

/** Models, their prices and routes for other modules. A worker loads this and no controllers. */
@Module({
  imports: [AuditModule],
  providers: [
    ModelsRepository,
    ModelsService,
    PricesRepository,
    PriceReads,
    PricesService,
    PriceImportService,
    RoutesRepository,
    RoutesService,
  ],
  exports: [ModelsService, PriceReads, PricesService, PriceImportService, RoutesService],
})
export class ModelsModule {}

/** The HTTP routes. */
@Module({ imports: [ModelsModule], controllers: [ModelsController, PricesController, RoutesController] })
export class ModelsHttpModule {}
