"""The embedded backend: a stand-in for the Collector and Jaeger. It uses none of the programs whose spans it takes."""
