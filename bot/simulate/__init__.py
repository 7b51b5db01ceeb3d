"""The simulator: the engine on a recorded or made-up day, in virtual time, for admins who tune and us who measure."""
