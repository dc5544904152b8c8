// A proxy as one writes it with node:http alone: everything is passed on, connections
// to the backend are kept. PORT and UPSTREAM_URL are in the environment.
import http from "node:http";

const upstream = new URL(process.env.UPSTREAM_URL);
const agent = new http.Agent({ keepAlive: true });

const server = http.createServer((request, response) => {
  const onward = http.request(
    { agent, host: upstream.hostname, port: upstream.port, method: request.method, path: request.url, headers: request.headers },
    (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    },
  );
  onward.on("error", () => response.destroy());
  request.pipe(onward);
});

server.listen(Number(process.env.PORT), "127.0.0.1");
