import 'reflect-metadata';
import { type INestApplication, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer, NestFactory, Reflector } from '@nestjs/core';
import { ApiModule } from '../../../src/api.module.js';
import { AppConfig, Environment } from '../../../src/infra/config/index.js';
import { ROUTE_ACCESS, type RouteAccess } from '../../../src/modules/auth/index.js';
import { IdempotencyKey } from '../../../src/modules/executions/index.js';

export interface Route {
  /** For example `PromptsController.put`. */
  readonly name: string;
  /** The name in the OpenAPI document, such as `PUT /v1/prompts/{name}`. */
  readonly at: string;
  /** Undefined when the route declares nothing. */
  readonly access: RouteAccess | undefined;
  /** Whether its handler reads the `Idempotency-Key`. */
  readonly isKeyed: boolean;
}

type Controller = new (...args: never[]) => object;

/** Reads modules and controllers of the API and builds nothing, so that it needs neither database nor bell. */
export async function previewApi(): Promise<INestApplication> {
  const config = new AppConfig(new Environment(), { databaseUrl: '', keyHashSecret: null, embedded: true });
  return NestFactory.create(ApiModule.forRoot(config), {
    preview: true,
    logger: ['error'],
    abortOnError: false,
  });
}

/** Returns all controllers in the module tree, so that a new one cannot be forgotten here. */
export function controllersOf(app: INestApplication): Controller[] {
  return [...app.get(ModulesContainer).values()]
    .flatMap((module) => [...module.controllers.values()])
    .map(({ metatype }) => metatype as Controller);
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
        at: locationOf(controller, handler),
        isKeyed: factoriesOf(controller, method).includes(KEY_FACTORY),
        access: reflector.getAllAndOverride<RouteAccess | undefined>(ROUTE_ACCESS, [handler, controller]),
      }));
  });
}

function locationOf(controller: Controller, handler: () => unknown): string {
  const verb = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod];
  const parts = [controller, handler].map((target) => String(Reflect.getMetadata(PATH_METADATA, target)));
  const route = parts.flatMap((part) => part.split('/').filter((segment) => segment !== '')).join('/');
  return `${verb} /${route.replace(/(?<!\\):(\w+)/g, '{$1}').replaceAll('\\:', ':')}`;
}

/** Lists the parameter decorators of a handler, without those of Nest. */
function factoriesOf(controller: Controller, method: string): readonly unknown[] {
  const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) ?? {}) as Readonly<
    Record<string, { readonly factory?: unknown }>
  >;
  return Object.values(parameters).flatMap(({ factory }) => (factory === undefined ? [] : [factory]));
}

class Probe {
  read(@IdempotencyKey() key: unknown): unknown {
    return key;
  }
}

const [KEY_FACTORY] = factoriesOf(Probe, 'read');
