import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A query API on loopback that knows every series. It answers after `ms`; 0: at once. */
export async function servePrometheus(ms: number): Promise<{ url: string; most(): number; close(): Promise<void> }> {
  let [running, most] = [0, 0];
  const server = createServer((request, response) => {
    most = Math.max(most, ++running);
    let form = "";
    request.setEncoding("utf8").on("data", (text: string) => (form += text));
    const end = () => {
      running--;
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ status: "success", data: answer(request.url ?? "", new URLSearchParams(form)) }));
    };
    request.on("end", () => (ms === 0 ? end() : setTimeout(end, ms)));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    most: () => most,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** Two routes now, or one series that wavers around 1 on every step asked for. */
function answer(path: string, form: URLSearchParams): object {
  const number = (name: string) => Number(form.get(name));
  if (path === "/api/v1/query") {
    const sample = (route: string, value: string) => ({ metric: { route }, value: [number("time"), value] });
    return { resultType: "vector", result: [sample("support.reply", "2"), sample("search.answer", "1")] };
  }
  const [start, step] = [number("start"), number("step")];
  const count = Math.floor((number("end") - start) / step) + 1;
  const values = Array.from({ length: count }, (_, i) => [start + i * step, String(1 + (i % 5) / 100)]);
  return { resultType: "matrix", result: [{ metric: {}, values }] };
}
