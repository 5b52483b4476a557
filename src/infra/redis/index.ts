export { openRedis, type RedisConnection } from './redis-connection.js';
