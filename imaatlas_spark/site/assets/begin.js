/* What a page does when it is here. */
"use strict";
({ statistic: atlas.statistic, start: atlas.start })[atlas.page.kind]();
