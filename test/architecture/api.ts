import 'reflect-metadata';
import type { INestApplication } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer, NestFactory, Reflector } from '@nestjs/core';
import { ApiModule } from '../../src/api.module.js';
import { AppConfig, Environment } from '../../src/infra/config/index.js';
import { ROUTE_ACCESS, type RouteAccess } from '../../src/modules/auth/index.js';

export interface Route {
  /** Such as `PromptsController.put`. */
  readonly name: string;
  /** Undefined when the route declares nothing. */
  readonly access: RouteAccess | undefined;
}

/** Reads modules and controllers of the API and builds nothing, so that it needs neither database nor bell. */
export async function previewApi(): Promise<INestApplication> {
  const config = new AppConfig(new Environment(), { databaseUrl: '', keyHashSecret: null, embedded: true });
  return NestFactory.create(ApiModule.forRoot(config), {
    preview: true,
    logger: ['error'],
    abortOnError: false,
  });
}

/** All controllers in the module tree, so that a new one cannot be forgotten here. */
export function controllersOf(app: INestApplication): (new (...args: never[]) => object)[] {
  return [...app.get(ModulesContainer).values()]
    .flatMap((module) => [...module.controllers.values()])
    .map(({ metatype }) => metatype as new (...args: never[]) => object);
}

export function routesOf(app: INestApplication): Route[] {
  const reflector = new Reflector();
  return controllersOf(app).flatMap((controller) => {
    const prototype = controller.prototype as Record<string, () => unknown>;
    return new MetadataScanner()
      .getAllMethodNames(prototype)
      .map((method) => ({ method, handler: prototype[method] as () => unknown }))
      .filter(({ handler }) => Reflect.hasMetadata(METHOD_METADATA, handler))
      .map(({ method, handler }) => ({
        name: `${controller.name}.${method}`,
        access: reflector.getAllAndOverride<RouteAccess | undefined>(ROUTE_ACCESS, [handler, controller]),
      }));
  });
}
