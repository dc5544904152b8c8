// The official artifact client, for the tests of internal/actions. It finds the
// service by the runner's variables. Its answer is JSON, on the last line.
//   node client.mjs list
//   node client.mjs download NAME DIRECTORY
//   node client.mjs upload NAME DIRECTORY FILE...
import { DefaultArtifactClient } from '@actions/artifact';

const client = new DefaultArtifactClient();
const [command, name, directory, ...files] = process.argv.slice(2);
const commands = {
  list: () => client.listArtifacts(),
  download: async () => {
    const { artifact } = await client.getArtifact(name);
    const { digestMismatch } = await client.downloadArtifact(artifact.id, { path: directory, expectedHash: artifact.digest });
    return { ...artifact, digestMismatch };
  },
  upload: () => client.uploadArtifact(name, files, directory, { retentionDays: 1, compressionLevel: 0 }),
};
console.log('\n' + JSON.stringify(await commands[command]()));
