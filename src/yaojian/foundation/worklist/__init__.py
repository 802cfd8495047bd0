"""Everything an officer has to do is a work item (工作项)."""
