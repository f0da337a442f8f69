import { describe, expect, it } from "vitest";
import { metricsAt, scraped, seriesOf, store, told } from "./place.ts";

const host = "m.test:9090";
const source = metricsAt(`http://${host}`);

describe("the stack that the doctor sees", () => {
  it.each(scraped)("$stack: as llmops.yaml says", async (one) => {
    const found = await told(`stack: ${one.stack}\n${source}`, { [host]: store(seriesOf(one)) });
    expect(found).toMatchObject({ code: 0, fine: true, stack: one.stack });
    expect(found.held[0]!.looksLike[0]!.stack).toBe(one.stack);
    expect(found.troubles.filter(({ needed }) => needed)).toEqual([]);
    expect(found.signals.find(({ signal }) => signal === "request_rate")).toMatchObject({
      state: "available",
      needed: true,
    });
    for (const { signal, state, why } of found.signals)
      if (state === "partial" || state === "not available") expect(why, signal).toBeTruthy();
  });

  it.each(scraped)("$stack: where llmops.yaml names none, and where it names another", async (one) => {
    const other = one.stack === "vllm" ? "kong" : "vllm";
    const hosts = { [host]: store(seriesOf(one)) };
    const none = await told(source, hosts);
    expect(none.code).toBe(1);
    expect(none.troubles[0]).toEqual({
      needed: true,
      says: `no stack is named, and metrics looks like ${one.stack}: 100% of its signals are there`,
      next: `stack: ${one.stack} in llmops.yaml`,
    });
    const wrong = await told(`# ours\nstack: ${other}\n${source}`, hosts);
    expect(wrong.code).toBe(1);
    expect(wrong.troubles[0]).toEqual({
      needed: true,
      says: `the stack is ${other}, but metrics looks like ${one.stack}: 100% of its signals are there`,
      next: `stack: ${one.stack} in llmops.yaml:2`,
    });
  });

  it("a model server behind a gateway: either is right", async () => {
    const [gateway, server] = ["litellm", "vllm"].map((name) => seriesOf(scraped.find(({ stack }) => stack === name)!));
    for (const stack of ["litellm", "vllm"])
      expect(await told(`stack: ${stack}\n${source}`, { [host]: store([...gateway!, ...server!]) })).toMatchObject({
        code: 0,
      });
  });

  it("a stack that no file describes is told, and what there is instead", async () => {
    const found = await told(`stack: litelm\n${source}`, { [host]: store(seriesOf(scraped[1]!)) });
    expect(found.code).toBe(1);
    expect(found.troubles.map(({ says }) => says)).toEqual([
      expect.stringMatching(/^There is no stack "litelm": no litelm\.yaml in /),
      "the stack is litelm, but metrics looks like litellm: 100% of its signals are there",
      expect.stringMatching(/^no target is named/),
    ]);
  });

  it("nothing but the metrics of others", async () => {
    const series = [{ __name__: "node_cpu_seconds_total", job: "node" }];
    const named = await told(`stack: vllm\n${source}`, { [host]: store(series) });
    expect(named.code).toBe(1);
    expect(named.troubles[0]!.says).toBe("metrics: no metric of vllm or any stack that is known");
    expect(named.held).toMatchObject([{ metrics: 1, looksLike: [] }]);
    // the store may be there for queries of one's own
    expect(await told(source, { [host]: store(series) })).toMatchObject({ code: 0 });
  });

  it("a match that fits nothing", async () => {
    const project = `stack: vllm\n${metricsAt(`http://${host}`, ', match: { job: "v\\"llm" }')}`;
    const found = await told(project, { [host]: store(seriesOf(scraped[2]!)) });
    expect(found.code).toBe(1);
    expect(found.troubles[0]).toEqual({
      needed: true,
      says: "source metrics has no metric at all, or none that its match fits",
      next: "mend match of metrics: llmops.yaml:2",
    });
    expect(await told(project.replace('v\\"llm', "vllm"), { [host]: store(seriesOf(scraped[2]!)) })).toMatchObject({
      code: 0,
    });
  });

  it("partial where some metrics are missing, and why", async () => {
    const series = seriesOf(scraped[1]!).filter(
      ({ __name__ }) => __name__ !== "litellm_deployment_total_requests_total",
    );
    const { signals } = await told(`stack: litellm\n${source}`, { [host]: store(series) });
    expect(signals.find(({ signal }) => signal === "retry_amplification")).toEqual({
      signal: "retry_amplification",
      needed: true,
      state: "partial",
      why: "metrics has no litellm_deployment_total_requests_total; instead: call records (retries), or one trace with many calls",
    });
  });

  it("data that does not reach back to yesterday", async () => {
    const days = async (n: number) => {
      const { held, troubles, code } = await told(`stack: tgi\n${source}`, { [host]: store(seriesOf(scraped[7]!), n) });
      const { yesterday, lastWeek } = held[0]!;
      return { code, yesterday, lastWeek, warned: troubles.some(({ says }) => says.includes("this hour yesterday")) };
    };
    expect(await days(30)).toEqual({ code: 0, yesterday: true, lastWeek: true, warned: false });
    expect(await days(3)).toEqual({ code: 0, yesterday: true, lastWeek: false, warned: false });
    expect(await days(0.5)).toEqual({ code: 0, yesterday: false, lastWeek: false, warned: true });
  });
});

describe("dimensions", () => {
  it("each with its label and values, and those that nobody tells", async () => {
    const { dimensions } = await told(`stack: litellm\ndimensions: { route: key }\n${source}`, {
      [host]: store(seriesOf(scraped[1]!)),
    });
    expect(dimensions.slice(0, 5)).toEqual([
      { dimension: "route", source: "metrics", label: "api_key_alias", values: ["chat", "search"] },
      { dimension: "tenant", source: "metrics", label: "team_alias", values: ["acme", "globex"] },
      { dimension: "user", source: "metrics", label: "end_user", values: ["u1", "u2"] },
      {
        dimension: "model",
        source: "metrics",
        label: "requested_model",
        values: ['claude"3\\x', "gpt-4o", "gpt-4o-mini"],
      },
      { dimension: "provider", source: "metrics", label: "api_provider", values: ["anthropic", "openai"] },
    ]);
    expect(dimensions[7]).toEqual({ dimension: "region", values: [] });
  });

  it("a part that is misspelt", async () => {
    const project = `stack: litellm\ndimensions:\n  route: keyy\n${source}`;
    const found = await told(project, { [host]: store(seriesOf(scraped[1]!)) });
    expect(found.code).toBe(1);
    expect(found.troubles[0]).toEqual({
      needed: true,
      says: "dimensions: route is to be keyy, which litellm does not know, did you mean key?",
      next: expect.stringMatching(/^one of model, tenant, user, key, provider, upstream: llmops\.yaml:3$/),
    });
  });

  it("a label of one's own signal that is misspelt", async () => {
    const own = (label: string) =>
      `stack: vllm\nsignals:\n  refusal_rate:\n    promql: sum(rate(my_refusals_total[5m]))\n    labels: { tenant: ${label} }\n${source}`;
    const series = [...seriesOf(scraped[2]!), { __name__: "my_refusals_total", tenant: "acme", job: "app" }];
    const found = await told(own("tenat"), { [host]: store(series) });
    expect(found.code).toBe(1);
    expect(found.troubles[0]).toEqual({
      needed: true,
      says: "signal refusal_rate: my_refusals_total has no label tenat for tenant, did you mean tenant?",
      next: "one of tenant, job: llmops.yaml:5",
    });
    expect(await told(own("tenant"), { [host]: store(series) })).toMatchObject({ code: 0 });
  });

  it("a label that the stack knows and the store has not: needed only where llmops.yaml asks for it", async () => {
    const series = seriesOf(scraped[1]!).map(
      ({ end_user: _user, api_key_alias: _key, ...rest }) => rest as Record<string, string>,
    );
    const found = await told(`stack: litellm\n${source}`, { [host]: store(series) });
    const silent = { needed: false, says: "user: nothing in metrics had the label end_user in the last hour" };
    expect(found).toMatchObject({ code: 0, troubles: expect.arrayContaining([silent]) as unknown });
    const asked = await told(`stack: litellm\ndimensions: { route: key }\n${source}`, { [host]: store(series) });
    expect(asked).toMatchObject({ code: 1 });
    expect(asked.troubles[0]).toMatchObject({
      needed: true,
      says: "route: nothing in metrics had the label api_key_alias in the last hour",
    });
  });
});
