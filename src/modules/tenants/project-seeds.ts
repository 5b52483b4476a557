import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ModelsService, PricesService } from '../models/index.js';
import { TenantsRepository } from './tenants.repository.js';

const FIRST_ENVIRONMENTS = ['dev', 'staging', 'prod'];

/** Gives a new project its initial content: the usual environments, and the models and prices of the catalogue. */
@Injectable()
export class ProjectSeeds {
  constructor(
    private readonly tenants: TenantsRepository,
    private readonly models: ModelsService,
    private readonly prices: PricesService,
  ) {}

  /** Runs in the transaction that creates the project. */
  async seedWithin(tx: EntityManager, projectId: string): Promise<void> {
    await this.tenants.insertEnvironments(tx, projectId, FIRST_ENVIRONMENTS);
    await this.models.seedWithin(tx, projectId);
    await this.prices.seedWithin(tx, projectId);
  }
}
