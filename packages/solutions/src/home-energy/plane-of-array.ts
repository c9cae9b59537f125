import type { Irradiance } from "./clear-sky.ts";

/** How panels stand. Degrees: 0 is level, 90 upright; the azimuth is from north, eastward. */
export interface Orientation {
  readonly tiltDegrees: number;
  readonly azimuthDegrees: number;
}

/** Where the sun stands; degrees, the azimuth from north, eastward. */
export interface SunDirection {
  readonly zenith: number;
  readonly azimuth: number;
}

/** On the panels, in W/m². */
export interface PlaneIrradiance {
  readonly direct: number;
  readonly skyDiffuse: number;
  readonly groundReflected: number;
  readonly total: number;
}

/** Of grass and bare soil. */
const ALBEDO = 0.2;

/** Cosine of the angle at which the sun falls on the panels; negative where it shines on their backs. */
export function cosineOfIncidence({ tiltDegrees, azimuthDegrees }: Orientation, sun: SunDirection): number {
  return cos(tiltDegrees) * cos(sun.zenith) + sin(tiltDegrees) * sin(sun.zenith) * cos(sun.azimuth - azimuthDegrees);
}

/**
 * What falls on tilted panels of what falls on level ground, with a sky that is equally bright everywhere. Liu, B. Y. H. and Jordan,
 * R. C., "The long-term average performance of flat-plate solar-energy collectors", Solar Energy 7 (1963), 53–74. It says 5 to 10 %
 * too little on panels that face the sun.
 */
export function planeIrradiance(
  orientation: Orientation,
  sun: SunDirection,
  level: Irradiance,
  albedo: number = ALBEDO,
): PlaneIrradiance {
  const upward = (1 + cos(orientation.tiltDegrees)) / 2;
  const direct = sun.zenith >= 90 ? 0 : level.direct * Math.max(0, cosineOfIncidence(orientation, sun));
  const skyDiffuse = level.diffuse * upward;
  const groundReflected = level.global * albedo * (1 - upward);
  return { direct, skyDiffuse, groundReflected, total: direct + skyDiffuse + groundReflected };
}

function sin(degrees: number): number {
  return Math.sin((degrees * Math.PI) / 180);
}

function cos(degrees: number): number {
  return Math.cos((degrees * Math.PI) / 180);
}
