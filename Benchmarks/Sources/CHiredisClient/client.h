#ifndef STEPSTREAM_CHIREDIS_CLIENT_H
#define STEPSTREAM_CHIREDIS_CLIENT_H

// hiredis's blocking client, for the raw cycle that the benchmarks compare with. The product uses its parser only.
#include <hiredis/hiredis.h>

#endif
