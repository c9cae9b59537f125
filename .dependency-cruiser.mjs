// Who may import whom: the import tables of the architecture as data. `npm run walls` holds the tree against them, and
// tests/house/walls.test.ts plants forbidden arrows to see that they are caught.

/** Which workspace may use which other workspace. */
export const packages = {
  core: [],
  protocol: ["core"],
  solutions: ["core", "protocol"],
  server: ["core", "protocol", "solutions"],
  edge: ["core", "protocol"],
  simulator: ["core", "protocol", "solutions"],
  web: ["core", "protocol", "solutions"],
  cli: ["core", "protocol", "solutions", "server", "edge", "simulator"],
};

/** Which server feature may use which other feature, always through its index.ts. */
export const features = {
  auth: [],
  devices: [],
  telemetry: ["devices"],
  notifications: ["devices"],
  pipeline: ["telemetry", "devices"],
  ingest: ["pipeline", "auth", "devices"],
  actuation: ["devices", "telemetry"],
  alerts: ["devices", "notifications", "telemetry"],
  energy: ["devices", "telemetry"],
  automation: ["actuation", "alerts", "telemetry", "devices"],
  solutions: ["automation", "actuation", "devices"],
  analytics: ["telemetry", "devices"],
  reports: ["analytics", "telemetry", "alerts", "automation", "actuation", "devices", "notifications"],
};

/** Folders of the server that are no features: `api` uses any of them, all of them use `platform`, only config.ts uses `config`. */
const otherFolders = ["api", "platform", "config"];

const any = (names) => `(${names.join("|")})`;
const server = "^packages/server/src/";
const feature = `${server}${any(Object.keys(features))}/`;
const tests = "\\.test\\.ts$|/testing/";

const error = (name, from, to) => ({ name, severity: "error", from, to });

export default {
  forbidden: [
    // The typed client is written by its generator, types that name each other and all.
    error("no-cycles", { pathNot: "^packages/protocol/src/http/client/" }, { circular: true }),
    error("no-unresolved", {}, { couldNotResolve: true }),
    error("no-test-code-in-the-product", { pathNot: tests }, { path: `^packages/.*(${tests})|node_modules/vitest/` }),
    ...Object.entries(packages).map(([name, uses]) =>
      error(
        `package-${name}`,
        { path: `^packages/${name}/src/`, pathNot: tests },
        { path: "^packages/", pathNot: `^packages/${any([name, ...uses])}/` },
      ),
    ),
    error(
      "core-and-solutions-are-pure",
      { path: "^packages/(core|solutions)/src/", pathNot: tests },
      { dependencyTypes: ["core", "npm", "npm-dev", "npm-no-pkg"] },
    ),
    error(
      "solutions-are-islands",
      { path: "^packages/solutions/src/([^/]+)/" },
      { path: "^packages/solutions/src/[^/]+/", pathNot: "^packages/solutions/src/$1/" },
    ),
    error(
      "feature-through-its-index",
      { path: `${server}([^/]+)/`, pathNot: tests },
      { path: feature, pathNot: [`${server}$1/`, "/index\\.ts$"] },
    ),
    error(
      "feature-through-its-index-from-outside",
      { pathNot: [server, tests] },
      { path: feature, pathNot: "/index\\.ts$" },
    ),
    ...Object.entries(features).map(([name, uses]) =>
      error(
        `feature-${name}`,
        { path: `${server}${name}/`, pathNot: tests },
        { path: server, pathNot: `${server}${any([name, "platform", ...uses])}/` },
      ),
    ),
    error(
      "folder-not-in-the-table",
      { path: `${server}[^/]+/`, pathNot: `${server}${any([...otherFolders, ...Object.keys(features)])}/` },
      {},
    ),
    error("platform-knows-no-feature", { path: `${server}platform/` }, { path: server, pathNot: `${server}platform/` }),
    error("only-config-reads-its-parts", { pathNot: `${server}config[./]` }, { path: `${server}config/` }),
    error(
      "only-actuation-commands-devices",
      // The gateway in `ingest` is what implements the publisher.
      { path: server, pathNot: `${server}(actuation|ingest|platform)/|${server}main\\.ts$` },
      { path: `${server}platform/mqtt-publisher\\.ts$` },
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    // Ours alone: the code of many npm packages lies in their dist, and must stay visible to the rules.
    exclude: { path: "^packages/[^/]+/dist/" },
    tsConfig: { fileName: "tsconfig.base.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["source", "import", "default"],
      extensions: [".ts", ".js"],
    },
  },
};
