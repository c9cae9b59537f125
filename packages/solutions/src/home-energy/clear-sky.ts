/**
 * How strongly the sun shines on the ground when there is no cloud. Irradiances in W/m², zenith angles in degrees with refraction.
 * Nothing shines where the sun is at or below the horizon.
 */
export interface Irradiance {
  /** On a plane that faces the sun. */
  readonly direct: number;
  /** From all of the sky but the sun, on a level plane. */
  readonly diffuse: number;
  /** Both, on a level plane. */
  readonly global: number;
}

export const NO_IRRADIANCE: Irradiance = { direct: 0, diffuse: 0, global: 0 };

/** What stands between the sun and the ground. The defaults are a clear, rather dry day at the sea. */
export interface Atmosphere {
  readonly pressureHectopascals?: number;
  /** Of ozone, in cm. */
  readonly ozoneCm?: number;
  /** Precipitable, in cm. */
  readonly waterVapourCm?: number;
  /** Optical depths of what floats in the air, at 380 and 500 nm. */
  readonly aerosolDepth380?: number;
  readonly aerosolDepth500?: number;
  /** Share of light that the ground throws back. */
  readonly albedo?: number;
}

const SEA_LEVEL_HECTOPASCALS = 1013.25;
/** As Bird and Hulstrom have it. */
const BIRD_SEA_LEVEL_HECTOPASCALS = 1013;
/** At one astronomical unit: Kopp, G. and Lean, J. L., Geophysical Research Letters 38 (2011), L01706. */
const SOLAR_CONSTANT = 1361;
/** Of what floats in the air: how much of its scattering goes forward. */
const FORWARD_SCATTERING = 0.85;

/** Outside the air, on a plane that faces the sun; the distance as the solar position has it. */
export function extraterrestrialIrradiance(distanceAu: number): number {
  return SOLAR_CONSTANT / distanceAu ** 2;
}

/**
 * How much more air light passes than from straight above, at sea level. Kasten, F. and Young, A. T., "Revised optical air mass
 * tables and approximation formula", Applied Optics 28 (1989), 4735–4738. Undefined below the horizon.
 */
export function relativeAirMass(zenithDegrees: number): number | undefined {
  return zenithDegrees >= 0 && zenithDegrees <= 90
    ? 1 / (cos(zenithDegrees) + 0.50572 * (96.07995 - zenithDegrees) ** -1.6364)
    : undefined;
}

/** Kasten's of 1965, that Bird and Hulstrom's model was made with. */
function kastenAirMass(zenithDegrees: number): number {
  return 1 / (cos(zenithDegrees) + 0.15 * (93.885 - zenithDegrees) ** -1.25);
}

/**
 * Global irradiance from the zenith angle alone. Haurwitz, B., "Insolation in relation to cloudiness and cloud density", Journal of
 * Meteorology 2 (1945), 154–166.
 */
export function haurwitzGlobal(zenithDegrees: number): number {
  const cosine = cos(zenithDegrees);
  return isDown(zenithDegrees) ? 0 : 1098 * cosine * Math.exp(-0.059 / cosine);
}

/**
 * Direct, diffuse and global irradiance through a described atmosphere, within 10 % up to a zenith angle of 85°. Bird, R. E. and
 * Hulstrom, R. L., "A simplified clear sky model for direct and diffuse insolation on horizontal surfaces", SERI/TR-642-761
 * (1981), with the coefficients of the National Renewable Energy Laboratory's worksheet of 2012.
 */
export function birdClearSky(zenithDegrees: number, extraterrestrial: number, atmosphere: Atmosphere = {}): Irradiance {
  if (isDown(zenithDegrees)) return NO_IRRADIANCE;
  const { waterVapourCm = 1.5, ozoneCm = 0.3, albedo = 0.2 } = atmosphere;
  const { pressureHectopascals = SEA_LEVEL_HECTOPASCALS, aerosolDepth380 = 0.15, aerosolDepth500 = 0.1 } = atmosphere;
  const mass = kastenAirMass(zenithDegrees);
  const pressed = (mass * pressureHectopascals) / BIRD_SEA_LEVEL_HECTOPASCALS;
  const rayleigh = Math.exp(-0.0903 * pressed ** 0.84 * (1 + pressed - pressed ** 1.01));
  const gases = Math.exp(-0.0127 * pressed ** 0.26);
  const absorbed = ozoneTransmittance(ozoneCm * mass) * gases * waterTransmittance(waterVapourCm * mass);
  const depth = 0.2758 * aerosolDepth380 + 0.35 * aerosolDepth500;
  const aerosol = Math.exp(-(depth ** 0.873) * (1 + depth - depth ** 0.7088) * mass ** 0.9108);
  const aerosolAbsorbed = 1 - 0.1 * (1 - mass + mass ** 1.06) * (1 - aerosol);
  const scattered = aerosol / aerosolAbsorbed;
  const direct = 0.9662 * extraterrestrial * rayleigh * absorbed * aerosol;
  const sky =
    (extraterrestrial *
      cos(zenithDegrees) *
      0.79 *
      absorbed *
      aerosolAbsorbed *
      (0.5 * (1 - rayleigh) + FORWARD_SCATTERING * (1 - scattered))) /
    (1 - mass + mass ** 1.02);
  const skyAlbedo = 0.0685 + (1 - FORWARD_SCATTERING) * (1 - scattered);
  const global = (direct * cos(zenithDegrees) + sky) / (1 - albedo * skyAlbedo);
  return { direct, global, diffuse: global - direct * cos(zenithDegrees) };
}

/**
 * The same from one figure for the air, Linke's turbidity (2 is very clean and cold, 3 clean and warm, 5 and more polluted), and the
 * altitude. Ineichen, P. and Perez, R., "A new airmass independent formulation for the Linke turbidity coefficient", Solar Energy 73
 * (2002), 151–157. `absoluteAirMass` is reduced by the pressure.
 */
export function ineichenClearSky(
  zenithDegrees: number,
  absoluteAirMass: number,
  linkeTurbidity: number,
  altitudeMetres: number,
  extraterrestrial: number,
): Irradiance {
  if (isDown(zenithDegrees)) return NO_IRRADIANCE;
  const cosine = cos(zenithDegrees);
  const fh1 = Math.exp(-altitudeMetres / 8000);
  const fh2 = Math.exp(-altitudeMetres / 1250);
  const cg1 = 5.09e-5 * altitudeMetres + 0.868;
  const cg2 = 3.92e-5 * altitudeMetres + 0.0387;
  const global =
    cg1 * extraterrestrial * cosine * Math.exp(-cg2 * absoluteAirMass * (fh1 + fh2 * (linkeTurbidity - 1)));
  const beam = (0.664 + 0.163 / fh1) * extraterrestrial * Math.exp(-0.09 * absoluteAirMass * (linkeTurbidity - 1));
  // Their empirical correction: what must be diffuse at least.
  const most = (global * Math.max(0, 1 - (0.1 - 0.2 * Math.exp(-linkeTurbidity)) / (0.1 + 0.882 / fh1))) / cosine;
  const direct = Math.min(beam, most);
  return { direct, global, diffuse: global - direct * cosine };
}

function ozoneTransmittance(x: number): number {
  return 1 - 0.1611 * x * (1 + 139.48 * x) ** -0.3034 - (0.002715 * x) / (1 + 0.044 * x + 0.0003 * x ** 2);
}

function waterTransmittance(x: number): number {
  return 1 - (2.4959 * x) / ((1 + 79.034 * x) ** 0.6828 + 6.385 * x);
}

/** A zenith that nobody knows is not night: it makes the result NaN. */
function isDown(zenithDegrees: number): boolean {
  return zenithDegrees >= 90;
}

function cos(degrees: number): number {
  return Math.cos((degrees * Math.PI) / 180);
}
