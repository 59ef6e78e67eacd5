"""An objective's page: what does it stand on and whom does it serve?"""
