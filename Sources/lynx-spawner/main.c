#include "spawner.h"

int main(void) {
    lynx_spawner_serve();
    return 0;
}
