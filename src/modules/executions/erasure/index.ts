export { ContentErasureController } from './content-erasure.controller.js';
export { ContentErasureRepository } from './content-erasure.repository.js';
export { ContentErasureService } from './content-erasure.service.js';
export { ContentErasedError, ExecutionNotFinalError } from './errors.js';
export { isContentErased, lockOutErasure } from './lock-out-erasure.js';
