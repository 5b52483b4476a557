import { type ErrorEntry, LedgerError } from '../../kernel/index.js';

export class DatasetNotFoundError extends LedgerError {
  constructor(name: string) {
    super({
      code: 'DATASET_NOT_FOUND',
      status: 404,
      title: 'No such dataset',
      detail: `Dataset "${name}" was not found; GET /v1/datasets lists all datasets, and PUT /v1/datasets/{name} makes one.`,
    });
  }
}

export class DatasetVersionNotFoundError extends LedgerError {
  private constructor(detail: string) {
    super({
      code: 'DATASET_VERSION_NOT_FOUND',
      status: 404,
      title: 'No such version of the dataset',
      detail,
    });
  }

  static ofHash(name: string, version: string): DatasetVersionNotFoundError {
    return new DatasetVersionNotFoundError(
      `Version ${version} of dataset "${name}" was not found; GET /v1/datasets/{name}/versions lists all versions.`,
    );
  }

  static ofEmpty(name: string): DatasetVersionNotFoundError {
    return new DatasetVersionNotFoundError(
      `A version of dataset "${name}" was not found: it never had items. Add some with POST /v1/datasets/{name}/items.`,
    );
  }
}

export class DatasetTooLargeError extends LedgerError {
  constructor(name: string, mostItems: number) {
    super({
      code: 'DATASET_TOO_LARGE',
      status: 422,
      title: 'The dataset would have too many items',
      detail: `Dataset "${name}" would have more than ${mostItems} items, which is the most; split it into several datasets.`,
    });
  }
}

export class DatasetItemsInvalidError extends LedgerError {
  constructor(name: string, errors: readonly ErrorEntry[]) {
    super({
      code: 'DATASET_ITEMS_INVALID',
      status: 422,
      title: 'Items do not fit the schema of the dataset',
      detail: `Correct the variables that "errors" lists, so that they fit the variables_schema of dataset "${name}".`,
      errors,
    });
  }
}

export class DatasetUploadIncompleteError extends LedgerError {
  constructor(uploadId: string, missing: string) {
    super({
      code: 'DATASET_UPLOAD_INCOMPLETE',
      status: 409,
      title: 'Parts of the upload are missing',
      detail: `Send ${missing} of upload ${uploadId} with POST /v1/datasets/{name}/items:stage, then ask again; parts that are not asked for within a day are dropped.`,
    });
  }
}
