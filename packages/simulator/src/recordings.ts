/**
 * Public recordings of real stations, as facts: where each comes from, under which licence, and what its columns are to Sluice.
 * The files are not part of Sluice; who has a folder with them can replay them as stations.
 */
export interface Recording {
  /** `folder/name`, by which it is asked for. */
  readonly key: string;
  /** Within the folder of recordings. */
  readonly file: string;
  /** Shown as the name of the device. */
  readonly name: string;
  readonly profile: string;
  readonly source: string;
  readonly licence: string;
  /** All but the time, by their own names, when absent. */
  readonly columns?: Readonly<Record<string, RecordedColumn>>;
}

export interface RecordedColumn {
  readonly metric: string;
  /** What its numbers are multiplied with to have the metric's unit. */
  readonly factor?: number;
}

const to = (metric: string, factor = 1): RecordedColumn => ({ metric, factor });

const ESTUARY = {
  source:
    "NOAA National Estuarine Research Reserve System, Apalachicola Bay, Florida, 2012–2013, from the R package SWMPr (github.com/fawda123/SWMPr)",
  licence: "CC0 (package); NERRS asks to be credited",
} as const;

/** `f_…` is the experts' flag of each value. */
const ESTUARY_WATER: Readonly<Record<string, RecordedColumn>> = {
  temp: to("temperature"),
  f_temp: to("temperature_flag"),
  // The source has mS/cm.
  spcond: to("conductivity", 1_000),
  f_spcond: to("conductivity_flag"),
  sal: to("salinity"),
  do_pct: to("oxygen_saturation"),
  do_mgl: to("dissolved_oxygen"),
  f_do_mgl: to("dissolved_oxygen_flag"),
  depth: to("depth"),
  ph: to("ph"),
  f_ph: to("ph_flag"),
  turb: to("turbidity"),
  f_turb: to("turbidity_flag"),
};

const ESTUARY_AIR: Readonly<Record<string, RecordedColumn>> = {
  atemp: to("air_temperature"),
  rh: to("humidity"),
  bp: to("pressure"),
  wspd: to("wind_speed"),
  maxwspd: to("wind_gust"),
  wdir: to("wind_direction"),
  totpar: to("light"),
  totprcp: to("rain"),
};

const WATERWORKS: Readonly<Record<string, RecordedColumn>> = {
  Tp: to("temperature"),
  Cl: to("chlorine_dioxide"),
  Cl_2: to("chlorine_dioxide_2"),
  pH: to("ph"),
  Redox: to("redox"),
  Leit: to("conductivity"),
  Trueb: to("turbidity"),
  Fm: to("flow"),
  Fm_2: to("flow_2"),
  EVENT: to("event"),
};

const HOME = {
  file: "home-energy/home1-hourly.csv",
  source:
    "CityLearn challenge 2022, building 1: Sierra Crest, Fontana, California, 2016–2017, derived from measurements of EPRI (github.com/intelligent-environments-lab/CityLearn)",
  licence: "MIT (repository)",
} as const;

/** A test bed's pump, its motor and its water, a reading a second. */
const WATER_LOOP: Readonly<Record<string, RecordedColumn>> = {
  Accelerometer1RMS: to("vibration_1"),
  Accelerometer2RMS: to("vibration_2"),
  Current: to("current"),
  Pressure: to("pressure"),
  Temperature: to("motor_temperature"),
  Thermocouple: to("fluid_temperature"),
  Voltage: to("voltage"),
  "Volume Flow RateRMS": to("flow"),
};

const SKAB = { source: "SKAB v0.9, Skoltech anomaly benchmark (github.com/waico/SKAB)", licence: "GPL-3.0" } as const;
const SKAB_FILES = [
  "anomaly-free/anomaly-free",
  ...["1", "2", "4", "6", "8", "11", "13"].map((name) => `other/${name}`),
  ...["0", "2", "4", "6", "8", "10", "12", "14"].map((name) => `valve1/${name}`),
  ...["0", "2"].map((name) => `valve2/${name}`),
];

const NAB_FILES = [
  ...["art_daily_no_noise", "art_daily_perfect_square_wave", "art_daily_small_noise", "art_flatline", "art_noisy"].map(
    (name) => `artificialNoAnomaly/${name}`,
  ),
  ...[
    "art_daily_flatmiddle",
    "art_daily_jumpsdown",
    "art_daily_jumpsup",
    "art_daily_nojump",
    "art_increase_spike_density",
    "art_load_balancer_spikes",
  ].map((name) => `artificialWithAnomaly/${name}`),
];

const BATADAL = {
  profile: "generic",
  source: "BATADAL, battle of the attack detection algorithms (batadal.net), from github.com/rtaormina/aeed",
  licence: "none stated",
} as const;

export const RECORDINGS: readonly Recording[] = [
  {
    key: "estuary-water/apacpwq",
    file: "estuary-water/apacpwq.csv.gz",
    name: "Cat Point, Apalachicola Bay",
    profile: "water-quality",
    columns: ESTUARY_WATER,
    ...ESTUARY,
  },
  {
    key: "estuary-water/apadbwq",
    file: "estuary-water/apadbwq.csv.gz",
    name: "Dry Bar, Apalachicola Bay",
    profile: "water-quality",
    columns: ESTUARY_WATER,
    ...ESTUARY,
  },
  {
    key: "estuary-water/apaebmet",
    file: "estuary-water/apaebmet.csv.gz",
    name: "East Bay weather, Apalachicola",
    profile: "generic",
    columns: ESTUARY_AIR,
    ...ESTUARY,
  },
  {
    key: "drinking-water-events/gecco2018-train",
    file: "drinking-water-events/gecco2018-train.csv.gz",
    name: "Thuringian waterworks",
    profile: "water-quality",
    columns: WATERWORKS,
    source: "GECCO 2018 challenge, Thüringer Fernwasserversorgung (Moritz et al., Zenodo 3884398)",
    licence: "GPL-3 (R package EventDetectR); the Zenodo record is cited as CC-BY-4.0",
  },
  {
    ...HOME,
    key: "home-energy/home1-pv",
    name: "Panels in Fontana",
    profile: "solar-panel",
    // Energy of an hour is its mean power; what is given is positive.
    columns: { pv_kwh: to("power", 1_000) },
  },
  {
    ...HOME,
    key: "home-energy/home1-load",
    name: "A house in Fontana",
    profile: "appliance",
    columns: { load_kwh: to("power", -1_000) },
  },
  {
    key: "weather-et0/maricopa",
    file: "weather-et0/maricopa-daily-et0.csv.gz",
    name: "Maricopa, Arizona, day by day",
    profile: "generic",
    source: "Arizona Meteorological Network (AZMET), from pyfao56 (github.com/kthorp/pyfao56)",
    licence: "CC0",
  },
  ...["dataset03", "dataset04"].map((name) => ({
    ...BATADAL,
    key: `water-network/${name}`,
    file: `water-network/${name}.csv.gz`,
    name: `C-Town water network, ${name}`,
  })),
  ...SKAB_FILES.map((name) => ({
    ...SKAB,
    key: `water-loop/${name}`,
    file: `water-loop/${name}.csv`,
    name: `Water loop, ${name}`,
    profile: "generic",
    columns: WATER_LOOP,
  })),
  ...NAB_FILES.map((name) => ({
    key: `nab-artificial/${name}`,
    file: `nab-artificial/${name}.csv`,
    name: name.split("/")[1]!,
    profile: "generic",
    source: "Numenta Anomaly Benchmark v1.1 (github.com/numenta/NAB)",
    licence: "MIT",
  })),
];

export function findRecording(key: string): Recording | undefined {
  return RECORDINGS.find((recording) => recording.key === key);
}

/** As the uid of its device: a key may not have a slash there. */
export function recordingUid({ key }: Recording): string {
  return key.replaceAll("/", "-");
}
