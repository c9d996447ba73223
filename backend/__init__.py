"""The embedded backend: a stand-in for the Collector and Jaeger. Independent of the programs whose spans it stores."""
