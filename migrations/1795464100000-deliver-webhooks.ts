import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ADD_EVENTS, DROP_EVENTS } from './deliver-webhooks/events.js';
import { ADD_FUNCTIONS, DROP_FUNCTIONS } from './deliver-webhooks/functions.js';
import { ADD_TABLES, DROP_TABLES } from './deliver-webhooks/tables.js';

/** Who asked to be told hears of it: events in the outbox, their delivery, and what they are signed with. */
export class DeliverWebhooks1795464100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ADD_TABLES);
    await runner.query(ADD_EVENTS);
    await runner.query(ADD_FUNCTIONS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DROP_FUNCTIONS);
    await runner.query(DROP_EVENTS);
    await runner.query(DROP_TABLES);
  }
}
