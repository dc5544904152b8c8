// Makes a container in a local Azurite, and prints as JSON the signed addresses
// to put a blob to and to get it from. The account and its key are the public
// ones of Azurite.
//   node store.mjs http://127.0.0.1:PORT BLOB
import { BlobSASPermissions, BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';

const [endpoint, name] = process.argv.slice(2);
const account = 'devstoreaccount1';
const key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
const service = new BlobServiceClient(`${endpoint}/${account}`, new StorageSharedKeyCredential(account, key));
const container = service.getContainerClient('artifacts');
await container.createIfNotExists();
const address = (permissions) => container.getBlockBlobClient(name).generateSasUrl({
  permissions: BlobSASPermissions.parse(permissions),
  expiresOn: new Date(Date.now() + 3600_000),
  version: '2023-11-03',
});
console.log(JSON.stringify({ put: await address('cw'), get: await address('r') }));
