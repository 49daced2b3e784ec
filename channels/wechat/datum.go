package wechat

import "math"

// The platform gives positions in GCJ-02, the datum of maps published in China:
// WGS 84 moved by up to 700 m, inside China only. Its inverse has no closed
// form; two rounds of correction leave less than a metre.

// The Krasovsky ellipsoid GCJ-02 is computed on: semi-major axis in metres, and
// eccentricity squared.
const (
	semiMajor    = 6378245.0
	eccentricity = 0.00669342162296594323
)

func onEarth(lat, lon float64) bool {
	return math.Abs(lat) <= 90 && math.Abs(lon) <= 180 // false for NaN
}

// wgs84 converts a GCJ-02 position, in degrees.
func wgs84(lat, lon float64) (float64, float64) {
	if lat < 0.8293 || lat > 55.8271 || lon < 72.004 || lon > 137.8347 { // where GCJ-02 is used
		return lat, lon
	}
	la, lo := lat, lon
	for range 2 {
		dLat, dLon := shift(la, lo)
		la, lo = lat-dLat, lon-dLon
	}
	return la, lo
}

// shift is by how much GCJ-02 moves a WGS 84 position, in degrees.
func shift(lat, lon float64) (dLat, dLon float64) {
	x, y := lon-105, lat-35
	common := 20*math.Sin(6*x*math.Pi) + 20*math.Sin(2*x*math.Pi)
	north := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*math.Sqrt(math.Abs(x)) + 2./3*(common+
		20*math.Sin(y*math.Pi)+40*math.Sin(y/3*math.Pi)+160*math.Sin(y/12*math.Pi)+320*math.Sin(y/30*math.Pi))
	east := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*math.Sqrt(math.Abs(x)) + 2./3*(common+
		20*math.Sin(x*math.Pi)+40*math.Sin(x/3*math.Pi)+150*math.Sin(x/12*math.Pi)+300*math.Sin(x/30*math.Pi))
	rad := lat / 180 * math.Pi
	m := 1 - eccentricity*math.Sin(rad)*math.Sin(rad)
	dLat = north * 180 / (semiMajor * (1 - eccentricity) / (m * math.Sqrt(m)) * math.Pi)
	dLon = east * 180 / (semiMajor / math.Sqrt(m) * math.Cos(rad) * math.Pi)
	return dLat, dLon
}
