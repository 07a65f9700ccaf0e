// Dark or light, before the first picture is painted: what was chosen here before, else what the system has.

import { applyTheme } from './ui/theme.js';

applyTheme();
