import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { loadEnvironment } from './src/infra/config/index.js';
import { findOwnerUrl, ownerDataSourceOptions } from './src/infra/database/index.js';

/**
 * The DataSource of TypeORM's command line: the options of the application, as the owner of the tables. Without
 * `DATABASE_URL` it is the embedded server that runs at the moment.
 */
export const dataSource = findOwnerUrl(loadEnvironment()).then(
  (url) => new DataSource(ownerDataSourceOptions(url)),
);
