/**
 * Weather that cannot be is a wrong unit or a broken sensor, and no water is to be given by it. The bounds leave room for what good
 * instruments err by.
 */

const COLDEST_CELSIUS = -80;
const WARMEST_CELSIUS = 60;
/** A humidity sensor in fog reads up to this share of saturation. */
const MOST_SATURATION = 1.05;
/** A pyranometer may be so much off, in share and, under a low sun, in MJ/m². */
const MOST_OF_EXTRATERRESTRIAL = 1.05;
const PYRANOMETER_MJ = 0.3;

export function isEarthly(temperatureCelsius: number): boolean {
  return temperatureCelsius >= COLDEST_CELSIUS && temperatureCelsius <= WARMEST_CELSIUS;
}

export function isSupersaturated(vapourPressureKpa: number, saturationKpa: number): boolean {
  return vapourPressureKpa > saturationKpa * MOST_SATURATION;
}

/** No more comes through the air than falls on it: Rs against Ra, of the same day or hour. */
export function isBrighterThanSky(solarRadiationMj: number, extraterrestrialMj: number): boolean {
  return solarRadiationMj > extraterrestrialMj * MOST_OF_EXTRATERRESTRIAL + PYRANOMETER_MJ;
}
