package enum K {}
