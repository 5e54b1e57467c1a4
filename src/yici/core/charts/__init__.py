"""Pictures of numbers as plain data: what is drawn, where, in which colour. Drawing itself is done by others."""
